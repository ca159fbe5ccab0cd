//! Where a checkpoint of the visitor's own is chosen.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::page::view::origin::Origin;

/// What the button needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What it says.
    pub words: AttrValue,
    /// Whether it is what to do next.
    #[prop_or_default]
    pub primary: bool,
    /// Its name in tests.
    pub testid: AttrValue,
    /// Where the choice goes.
    pub onchoose: Callback<Origin>,
}

/// A button that asks for a checkpoint of the visitor's own: a PyTorch state dict, or a file of ours.
#[component]
pub fn OwnFile(props: &Props) -> Html {
    let onchoose = props.onchoose.clone();
    let onchange = Callback::from(move |event: Event| {
        let input = event.target_unchecked_into::<HtmlInputElement>();
        let file = input.files().and_then(|files| files.get(0));
        // So that the same file, mended, can be chosen again.
        input.set_value("");
        if let Some(file) = file {
            onchoose.emit(file.into());
        }
    });
    html! {
        <label class={classes!("button", props.primary.then_some("primary"))}>
            { props.words.clone() }
            <input class="unseen" type="file" accept=".pth,.pt,.safetensors" {onchange} data-testid={props.testid.clone()} />
        </label>
    }
}
