//! Something to be told in passing, which stops nothing.

use yew::prelude::*;

/// What the notice needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// What is told, if anything is.
    pub text: Option<String>,
    /// Told when it was read.
    pub onclose: Callback<()>,
}

/// One sentence, and a button that takes it away. Its place is there before it, so that screen
/// readers say what comes into it.
#[component]
pub fn Notice(props: &Props) -> Html {
    let onclick = props.onclose.reform(|_: MouseEvent| ());
    html! {
        <div role="status" data-testid="notice">
            if let Some(text) = &props.text {
                <div class="notice">
                    <p>{ text }</p>
                    <button type="button" class="small" {onclick} data-testid="close-notice">{ "Close" }</button>
                </div>
            }
        </div>
    }
}
