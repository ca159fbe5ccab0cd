// The colours that the address asks for; then what can keep the page's own program from starting,
// each with a sentence. Runs before it, and knows nothing of it.
(() => {
  // Before anything is painted, so that a frame in another page does not flash.
  const asked = new URLSearchParams(location.search);
  const theme = asked.get("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  if (asked.get("embed") === "1") document.documentElement.dataset.embed = "";

  const show = (sentence) => {
    const write = () => {
      const status = document.getElementById("boot-status");
      if (!status) return; // The page has taken over and speaks for itself.
      const card = document.createElement("p");
      card.className = "boot-failure";
      card.setAttribute("role", "alert");
      card.dataset.testid = "failure";
      card.textContent = sentence;
      status.replaceWith(card);
      document.querySelector(".page").dataset.state = "failed";
    };
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", write);
    else write();
  };

  if (location.protocol === "file:") {
    show("Browsers do not run programs from files opened directly. Serve this folder with any web server and open its address.");
  } else if (typeof WebAssembly !== "object") {
    show("This browser has no WebAssembly, or it is switched off here (some strict security modes do that). Saganscope needs it.");
  }
  // A script that does not load raises an error that does not bubble; hence the capture.
  addEventListener("error", (event) => {
    if (event.target instanceof HTMLScriptElement) {
      show("A part of the page could not be downloaded. Check that you are online, then reload.");
    } else if (event instanceof ErrorEvent) {
      show(`The page could not start (${event.message}). Check that you are online, then reload.`);
    }
  }, true);
  addEventListener("unhandledrejection", (event) => {
    show(`The page could not start (${event.reason}). Reload to try again.`);
  });
})();
