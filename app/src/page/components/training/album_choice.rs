//! The visitor's own pictures: choosing them, and a sheet to check what became of them.

use gloo_events::EventListener;
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, HtmlInputElement};
use yew::prelude::*;

use crate::js::get;
use crate::page::components::pixel_canvas::PixelCanvas;
use crate::page::dropped::Dropped;
use crate::page::hooks::use_training::Asks;
use crate::page::training::form::FormAction;
use crate::page::training::state::{Album, TrainingAction};
use crate::page::view::state::State;
use crate::protocol::wire::Files;

/// Names of files that could not be read, before it is only said how many there are.
const NAMED: usize = 20;

/// What the choice needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What became of the files.
    pub album: Album,
    /// Whether each comes a second time, mirrored.
    pub mirror: bool,
    /// Whether they are changed a little each time.
    pub augment: bool,
    /// Who ends the reading of files.
    pub asks: Asks,
    /// Where the choice goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// The visitor's own pictures: files, a folder, a zip, or what is dropped or pasted here.
#[component]
pub fn AlbumChoice(props: &Props) -> Html {
    let Props {
        album,
        mirror,
        augment,
        asks,
        dispatch,
    } = props;
    let over = use_state_eq(|| false);
    let choose = {
        let dispatch = dispatch.clone();
        Callback::from(move |files: Array| {
            if files.length() > 0 {
                dispatch.dispatch(TrainingAction::Files(Files(files)).into());
            }
        })
    };
    let take = {
        let choose = choose.clone();
        move |transfer: &JsValue| {
            let (dropped, choose) = (Dropped::of(transfer), choose.clone());
            spawn_local(async move { choose.emit(dropped.files().await) });
        }
    };
    use_paste(take.clone());
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(files) = input.files() {
            choose.emit(Array::from(&files));
        }
        // Choosing the same files once more is a choice too.
        input.set_value("");
    });
    let ondrop = {
        let over = over.setter();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            // A figure dropped on the page means something else.
            event.stop_propagation();
            over.set(false);
            if let Some(transfer) = event.data_transfer() {
                take(transfer.as_ref());
            }
        })
    };
    let enough = {
        let asks = asks.clone();
        Callback::from(move |_: MouseEvent| asks.gathered_enough())
    };
    let hover = |is: bool| {
        let over = over.setter();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(is);
        })
    };
    let tick = |action: fn(bool) -> FormAction| {
        let dispatch = dispatch.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let choice = action(input.checked());
            dispatch.dispatch(TrainingAction::Choose(choice).into());
        })
    };
    html! {
        <div
            class={classes!("album", over.then_some("over"))} {ondrop} ondragover={hover(true)} ondragleave={hover(false)}
            data-testid="album"
        >
            <p>
                <label class="button">
                    { "Choose pictures" }
                    <input class="unseen" type="file" multiple=true accept="image/*,.zip" onchange={onchange.clone()} data-testid="own-files" />
                </label>{ " " }
                <label class="button">
                    { "A folder" }
                    <input class="unseen" type="file" multiple=true webkitdirectory=true {onchange} data-testid="own-folder" />
                </label>{ " " }
                <span class="quiet">{ "or a zip. Or drop or paste them here." }</span>
            </p>
            <p class="quiet">{ "They are read by your browser and never leave this machine. Each is cut square around its middle. A few hundred that show the same kind of thing work best." }</p>
            <label class="tick">
                <input type="checkbox" checked={*mirror} onchange={tick(FormAction::Mirror)} data-testid="mirror" />
                { "Each a second time, mirrored" }
            </label>
            <label class="tick">
                <input type="checkbox" checked={*augment} onchange={tick(FormAction::Augment)} data-testid="augment" />
                { "Moved, recoloured and with a hole each time, so that a few thousand are not learned by heart" }
            </label>
            <div role="status">{ became(album) }</div>
            if matches!(album, Album::Gathering(..)) {
                <p><button type="button" onclick={enough} data-testid="enough">{ "Stop here, and take what is read" }</button></p>
            }
        </div>
    }
}

/// Files that are pasted anywhere on the page, while there is a choice of own pictures.
#[hook]
fn use_paste(take: impl Fn(&JsValue) + 'static) {
    use_effect_with((), move |()| {
        let document = web_sys::window().and_then(|window| window.document());
        let listener = document.map(|document| {
            EventListener::new(&document, "paste", move |event| {
                if let Ok(pasted) = get(event, "clipboardData") {
                    take(&pasted);
                }
            })
        });
        move || drop(listener)
    });
}

fn left_out(count: usize) -> String {
    match count {
        1 => "1 file left out".to_owned(),
        count => format!("{count} files left out"),
    }
}

fn became(album: &Album) -> Html {
    match album {
        Album::None => Html::default(),
        Album::Gathering(_, 0) => html! { <p>{ "Reading the pictures…" }</p> },
        Album::Gathering(done, of) => html! {
            <>
                <p>{ format!("Reading the pictures: {done} of {of}") }</p>
                <progress value={done.to_string()} max={of.to_string()} aria-label="Pictures read" />
            </>
        },
        Album::Made {
            count,
            size,
            sheet,
            unreadable,
        } => html! {
            <>
                <p data-testid="album-made">{ format!("{count} pictures, {size}×{size}. Does it look right?") }</p>
                <div class="sheet" role="img" aria-label="The first of your pictures, as the networks will see them">
                    { for sheet.iter().enumerate().map(|(index, image)| html! {
                        <PixelCanvas key={index} image={image.clone()} testid={format!("own-{index}")} />
                    }) }
                </div>
                if !unreadable.is_empty() {
                    <details>
                        <summary data-testid="unreadable">{ left_out(unreadable.len()) }</summary>
                        <ul>
                            { for unreadable.iter().take(NAMED).map(|file| html! { <li>{ format!("{} {}", file.name, file.reason) }</li> }) }
                        </ul>
                    </details>
                }
            </>
        },
    }
}
