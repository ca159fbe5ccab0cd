//! Waits for something to come to rest.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// How long a text must stay the same before it is read out.
const REST_MILLIS: u32 = 500;

/// The latest text that stayed the same for half a second: so that a moving pointer does not make a
/// screen reader begin a hundred sentences.
#[hook]
pub fn use_rest(text: String) -> String {
    let rested = use_state(String::new);
    let setter = rested.setter();
    use_effect_with(text, move |text| {
        let text = text.clone();
        let later = Timeout::new(REST_MILLIS, move || setter.set(text));
        move || drop(later)
    });
    (*rested).clone()
}
