//! What the page tells in passing.

use yew::prelude::*;

use crate::page::location;
use crate::page::view::address::Address;
use crate::page::view::query::notice;

/// The latest notice, and how it changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Noticed {
    /// What is told, if anything is.
    pub text: Option<String>,
    /// Tells something else.
    pub tell: Callback<String>,
    /// It was read.
    pub close: Callback<()>,
}

/// Begins with what the page could not make sense of in its address.
#[hook]
pub fn use_notice() -> Noticed {
    let text = use_state_eq(|| {
        let query = location::query();
        Address::read(&query);
        notice(&query.left_over())
    });
    let (tell, close) = (text.setter(), text.setter());
    let tell = use_callback((), move |text, ()| tell.set(Some(text)));
    let close = use_callback((), move |(), ()| close.set(None));
    Noticed {
        text: (*text).clone(),
        tell,
        close,
    }
}
