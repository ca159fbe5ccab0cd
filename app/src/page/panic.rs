//! A fault of the page itself: a sentence in place of a page that no longer answers.

/// What the reader sees; the console has the details.
const SENTENCE: &str = "The page itself has failed, which is a fault in Saganscope. Reload to go on; the browser's console says what happened.";

/// Makes a panic show [`SENTENCE`] besides writing to the console. Through Yew, which otherwise
/// puts its own hook in place when it starts to render.
pub fn install() {
    yew::set_custom_panic_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        show();
    }));
}

/// Plain DOM calls that cannot panic: Yew is in an unknown state here.
fn show() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    let Some(root) = document.get_element_by_id("app") else {
        return;
    };
    let Ok(card) = document.create_element("p") else {
        return;
    };
    card.set_class_name("boot-failure");
    let _ = card.set_attribute("role", "alert");
    let _ = card.set_attribute("data-testid", "failure");
    card.set_text_content(Some(SENTENCE));
    let _ = root.set_attribute("data-state", "failed");
    root.set_inner_html("");
    let _ = root.append_child(&card);
}
