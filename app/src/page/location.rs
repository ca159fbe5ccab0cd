//! The page's address in the browser, read and written.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Location, Url, UrlSearchParams};

use super::view::address::Address;
use super::view::query::Query;

/// What the address says now.
pub fn query() -> Query {
    let search = location().and_then(|location| location.search().ok());
    parsed(&search.unwrap_or_default())
}

/// The address whose query part this is, from its question mark on.
pub fn address_of(query: &str) -> Address {
    Address::read(&parsed(query))
}

fn parsed(query: &str) -> Query {
    let params = UrlSearchParams::new_with_str(query).ok();
    let pairs = params
        .and_then(|params| js_sys::try_iter(&params).ok().flatten())
        .into_iter()
        .flatten()
        .filter_map(|pair| {
            let pair: Array = pair.ok()?.dyn_into().ok()?;
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        });
    Query::new(pairs)
}

/// The query part that says the same as an address, encoded, without its question mark.
pub fn query_of(address: &Address) -> String {
    let Ok(params) = UrlSearchParams::new() else {
        return String::new();
    };
    for (name, value) in address.write() {
        params.append(name, &value);
    }
    params.to_string().into()
}

/// The whole address, to be handed on.
pub fn url_of(address: &Address) -> String {
    let here = location().map(|location| {
        let (origin, path) = (location.origin(), location.pathname());
        origin.unwrap_or_default() + &path.unwrap_or_default()
    });
    format!("{}?{}", here.unwrap_or_default(), query_of(address))
}

/// The query part of a link to this page, if it is one; of several, one a line, the first's.
pub fn query_of_link(links: &str) -> Option<String> {
    let link = links.lines().find(|line| !line.starts_with('#'))?;
    let (link, here) = (Url::new(link.trim()).ok()?, location()?);
    let same = link.origin() == here.origin().ok()? && link.pathname() == here.pathname().ok()?;
    same.then(|| link.search().trim_start_matches('?').to_owned())
}

/// Gives this query part an entry of its own in the browser's history, without leaving the page.
///
/// # Errors
/// Where the browser does not let it.
pub fn enter(query: &str) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let url = format!("?{query}");
    let history = window.history()?;
    history.push_state_with_url(&JsValue::NULL, "", Some(&url))
}

/// The whole address as it is now.
pub fn here() -> String {
    let href = location().and_then(|location| location.href().ok());
    href.unwrap_or_default()
}

/// Opens the view of this query part; the one before stays behind the browser's *Back*.
pub fn visit(query: &str) {
    if let Some(location) = location() {
        // Browsers refuse only what is no address, and this is one by its kind.
        let _ = location.set_search(query);
    }
}

fn location() -> Option<Location> {
    Some(web_sys::window()?.location())
}
