//! Which model is looked at beside the one that draws.

use yew::prelude::*;

use super::own_file::OwnFile;
use crate::page::view::models::{FOLDER, Model, SHIPPED};
use crate::page::view::origin::Origin;
use crate::page::view::second::SecondAction;
use crate::page::view::state::State;
use crate::page::words;

/// What the menu needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The weights that are open.
    pub checkpoint: Origin,
    /// The second model's, if there is one.
    pub second: Option<Origin>,
    /// Where the choice goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// Which model is looked at beside the one that draws, folded away; while there is one, a button that
/// takes it away again.
#[component]
pub fn CompareMenu(props: &Props) -> Html {
    let Props {
        checkpoint,
        second,
        dispatch,
    } = props;
    if let Some(second) = second {
        let dispatch = dispatch.clone();
        let close = Callback::from(move |_: MouseEvent| {
            dispatch.dispatch(SecondAction::Close.into());
        });
        return html! {
            <p class="compared">
                <span class="quiet">{ "Beside it: " }</span>{ second.model_name() }{ " " }
                <button type="button" class="small" onclick={close} data-testid="compare-none">{ "Look at one" }</button>
            </p>
        };
    }
    let onchoose = {
        let dispatch = dispatch.clone();
        Callback::from(move |origin: Origin| dispatch.dispatch(SecondAction::Open(origin).into()))
    };
    let choose = |model: &Model| {
        let origin = Origin::of(model);
        onchoose.reform(move |_: MouseEvent| origin.clone())
    };
    let others = SHIPPED
        .iter()
        .filter(|&model| checkpoint.model() != Some(model));
    html! {
        <details class="compare" key={checkpoint.file_name().to_owned()}>
            <summary data-testid="compare-menu">{ "Compare with…" }</summary>
            <p class="quiet">{ "The same seed, and every pin, in a second model." }</p>
            <ul>
                { for others.map(|model| html! {
                    <li>
                        <button type="button" class="model" onclick={choose(model)} data-testid={format!("with-{}", model.key())}>
                            if let Some(picture) = model.picture {
                                <img src={format!("{FOLDER}{picture}")} alt="" width="32" height="32" loading="lazy" />
                            }
                            <span><b>{ model.name }</b>{ " " }<span class="quiet">{ words::bytes(model.bytes) }</span></span>
                        </button>
                    </li>
                }) }
            </ul>
            <p class="own-file"><OwnFile words="A file of yours" testid="with-own" {onchoose} /></p>
        </details>
    }
}
