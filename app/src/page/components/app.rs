//! The whole page.

use web_sys::File;
use yew::prelude::*;

use super::article::Article;
use super::change_panel::ChangePanel;
use super::comparison::Comparison;
use super::display_choice::DisplayChoice;
use super::every_sample::EverySample;
use super::explanation::Explanation;
use super::failure_card::FailureCard;
use super::judge_panel::JudgePanel;
use super::latent_panel::LatentPanel;
use super::map_panel::MapPanel;
use super::notice::Notice;
use super::picture::Picture;
use super::progress_card::ProgressCard;
use super::reading_choice::ReadingChoice;
use super::room_tabs::RoomTabs;
use super::samples::Samples;
use super::second_model::SecondModel;
use super::status_line::StatusLine;
use super::tour::Tour;
use super::training::room::TrainingRoom;
use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::EXAMINED;
use crate::page::hooks::use_address::use_address;
use crate::page::hooks::use_all_rows::{AllLayers, use_all_rows};
use crate::page::hooks::use_changed_picture::use_changed_picture;
use crate::page::hooks::use_contents::use_contents;
use crate::page::hooks::use_dropped_view::use_dropped_view;
use crate::page::hooks::use_engine::use_engine;
use crate::page::hooks::use_escape::use_escape;
use crate::page::hooks::use_frame::use_frame;
use crate::page::hooks::use_grid::use_grid;
use crate::page::hooks::use_hidden::use_hidden;
use crate::page::hooks::use_judge::{Asked, Whose};
use crate::page::hooks::use_looks::{Said, use_looks};
use crate::page::hooks::use_model::use_model;
use crate::page::hooks::use_notice::use_notice;
use crate::page::hooks::use_second::use_second;
use crate::page::hooks::use_tabs::use_tabs;
use crate::page::hooks::use_training::use_training;
use crate::page::hooks::use_undo::use_undo;
use crate::page::hooks::use_visits::{Visits, use_visits};
use crate::page::hooks::use_wake_lock::use_wake_lock;
use crate::page::location::{query, url_of};
use crate::page::sight::{TOOL, show_picture};
use crate::page::training::state as training;
use crate::page::view::address::Address;
use crate::page::view::changes::Changes;
use crate::page::view::edits::Brush;
use crate::page::view::engine::{EngineAction, Phase};
use crate::page::view::models::Model;
use crate::page::view::origin::Origin;
use crate::page::view::pictures::Pictures as Slots;
use crate::page::view::room::Room;
use crate::page::view::second::SecondAction;
use crate::page::view::state::{Action, State};
use crate::protocol::{Examined, MapEdit, Pictures, Source};

/// What is said where a model is opened beside a run.
const RUN_STAYS: &str = "Your run stays as it is in the other room.";

/// The whole page.
#[component]
pub fn App() -> Html {
    // A pointer that moves within a pixel changes nothing, and so draws nothing.
    let state = use_reducer_eq(|| State::at(&Address::read(&query())));
    let handle = use_engine(&state);
    use_model(&state, &handle);
    use_grid(&state, &handle);
    use_second(&state, &handle);
    use_changed_picture(&state, &handle);
    let all = use_all_rows(&state, &handle);
    let contents = use_contents(&state, &handle);
    let asks = use_training(&state, &handle);
    use_hidden(&state.training, &asks);
    use_tabs(&state.training, &asks);
    use_wake_lock(state.training.goes_on());
    use_address(state.address());
    use_escape(state.dispatcher());
    use_undo(state.dispatcher());
    use_frame(state.frame.embed);
    let notice = use_notice();
    let visits = use_visits(&state, notice.tell.clone());
    let beside_run = state.training.phase != training::Phase::None;
    let second = state
        .second
        .checkpoint()
        .filter(|second| second.is_awaited() && !state.engine.settings.checkpoint.is_awaited());
    let bring = use_callback((beside_run, second.cloned()), {
        let (dispatch, tell) = (state.dispatcher(), notice.tell.clone());
        move |file: File, (beside_run, second): &(bool, Option<Origin>)| {
            if *beside_run {
                tell.emit(RUN_STAYS.to_owned());
            }
            let file = Origin::from(file);
            if second
                .as_ref()
                .is_some_and(|second| second.is_called_as(&file))
            {
                dispatch.dispatch(SecondAction::Open(file).into());
                return;
            }
            dispatch.dispatch(Action::Enter(Room::Look));
            dispatch.dispatch(EngineAction::Open(file).into());
            show_picture();
        }
    });
    use_dropped_view(visits.clone(), bring, notice.tell.clone());
    let dispatch = state.dispatcher();
    let State {
        engine,
        pictures,
        looking,
        frame,
        room,
        training,
        ..
    } = &*state;
    let said = use_looks(state.looked_at(), looking, &contents);

    html! {
        <ContextProvider<Engine> context={handle}>
        <ContextProvider<Visits> context={visits}>
        <div class="page" data-state={state.word()} data-hide={frame.hidden().join(" ")}>
            <header class="masthead">
                <h1>{ "Saganscope" }</h1>
                <RoomTabs room={*room} dispatch={dispatch.clone()} />
                <p class="tagline">{ "A Self-Attention GAN draws on your own machine. Point at a pixel and see where the generator looked when it drew it." }</p>
                <Tour dispatch={dispatch.clone()} />
                <StatusLine
                    word={state.word()} waits={engine.settings.checkpoint.is_awaited()} device={engine.device.clone().filter(|_| engine.runs())}
                    count={engine.settings.count} millis={pictures.millis}
                />
            </header>
            <Notice text={notice.text} onclose={notice.close} />
            <main>
                if *room == Room::Train || pictures.chosen_slot().is_some() {
                    { failure(&state, true) }
                }
                if *room == Room::Train {
                    <TrainingRoom training={training.clone()} looking={*looking} looks={said.active.clone()} listens={engine.listens} {asks} dispatch={dispatch.clone()} />
                    if training.shown().chosen_slot().is_some() {
                        <div class="tool tool-of-run">
                            <div class="middle">
                                { stage(&state, &said, all.as_ref()) }
                                { judge_panel(&state) }
                            </div>
                            { maps(&state, &said, all.as_ref()) }
                        </div>
                    }
                } else {
                <div class="tool" id={TOOL}>
                    <Samples
                        slots={pictures.slots.clone()} chosen={pictures.chosen}
                        drawing={pictures.drawing} seed={pictures.seed}
                        enabled={engine.runs()} checkpoint={engine.settings.checkpoint.clone()} own={state.own.clone()}
                        second={state.second.checkpoint().cloned()} dispatch={dispatch.clone()}
                    />
                    <div class="middle">
                        { stage(&state, &said, all.as_ref()) }
                        { second_model(&state) }
                        { change_panel(&state) }
                        { judge_panel(&state) }
                        { latents(&state) }
                    </div>
                    { maps(&state, &said, all.as_ref()) }
                </div>
                }
                if said.pins.len() > 1 {
                    <Comparison
                        pins={said.pins.clone()} active={looking.pins.active()} display={looking.display} dispatch={dispatch.clone()}
                    />
                }
                <Explanation model={engine.model.clone().filter(|_| *room == Room::Look)} instead={shape_of_run(&state)} />
                <Article dispatch={dispatch.clone()} />
                if frame.embed {
                    { whole_page(&state) }
                }
            </main>
        </div>
        </ContextProvider<Visits>>
        </ContextProvider<Engine>>
    }
}

/// Size of the pictures and sides of the maps of the run that is looked at.
fn shape_of_run(state: &State) -> Option<(u32, Vec<u32>)> {
    let slot = state.looked_at().filter(|_| state.room == Room::Train)?;
    let sides = slot.layers.iter().map(|map| map.side()).collect();
    Some((slot.picture.side, sides))
}

/// From a view inside another page to this one.
fn whole_page(state: &State) -> Html {
    let whole = Address {
        frame: Default::default(),
        ..state.address()
    };
    html! { <a class="whole-page" href={url_of(&whole)} target="_blank" data-testid="whole-page">{ "Open in Saganscope" }</a> }
}

/// The middle: the chosen picture, or what it is waiting for.
fn stage(state: &UseReducerHandle<State>, said: &Said, all: Option<&AllLayers>) -> Html {
    let Slots {
        chosen, drawing, ..
    } = *state.shown();
    if let Some(slot) = state.looked_at() {
        let stale = state.shown().chosen_slot().is_some_and(|slot| slot.stale);
        return html! {
            <Picture
                slot={slot.clone()} sample={chosen} stale={drawing && stale} changed={state.shows_changes()}
                looking={state.looking} said={said.clone()} all={all.cloned()} address={(state.room == Room::Look).then(|| state.address())} dispatch={state.dispatcher()}
            />
        };
    }
    html! {
        <section class="stage" aria-label="Chosen picture">
            <div class="stage-head" />
            <div class="picture picture-empty">
                if let Phase::Loading(loading) = &state.engine.phase {
                    <ProgressCard loading={loading.clone()} file={state.engine.settings.checkpoint.file_name().to_owned()} />
                } else if drawing {
                    <p class="waiting">{ "Drawing…" }</p>
                }
                { failure(state, false) }
            </div>
        </section>
    }
}

/// The second model, if there is one.
fn second_model(state: &UseReducerHandle<State>) -> Html {
    // It comes after the first.
    if state.second.checkpoint().is_none() || state.engine.settings.checkpoint.is_awaited() {
        return Html::default();
    }
    html! {
        <SecondModel
            second={state.second.clone()} first={state.engine.model.clone()} looking={state.looking}
            seed={state.pictures.seed} sample={state.pictures.chosen} size={state.pictures.size()} dispatch={state.dispatcher()}
        />
    }
}

/// What can be changed in the network, where it has attention and a picture is there.
fn change_panel(state: &UseReducerHandle<State>) -> Html {
    let (Some(model), Some(before)) = (&state.engine.model, state.pictures.chosen_slot()) else {
        return Html::default();
    };
    if model.layers.is_empty() {
        return Html::default();
    }
    let after = state.looked_at().filter(|_| state.shows_changes());
    let redraws = state.edits.redraws(before.seed, state.pictures.chosen);
    html! {
        <ChangePanel
            layers={model.layers.clone()} edits={state.edits.clone()} before={before.picture.clone()}
            after={after.map(|slot| slot.picture.clone())} {redraws} noisy={model.noisy.clone()}
            seed={before.seed} sample={state.pictures.chosen} count={state.pictures.slots.len()}
            region={state.looking.region} pixel={state.looking.pixel()} dispatch={state.dispatcher()}
        />
    }
}

/// What the discriminator says of the chosen picture, once that is drawn as it is wanted.
fn judge_panel(state: &UseReducerHandle<State>) -> Html {
    let engine = &state.engine;
    let network = state.network();
    let whose = match network.of {
        Source::Model(_) => {
            let opened = [engine.attempt, engine.opening];
            Whose::Model(engine.settings.clone(), opened)
        }
        Source::Run(run) => Whose::Run(run),
    };
    let shown = state.shown();
    let (Some(slot), true) = (
        state.looked_at(),
        state.room == Room::Train || engine.runs(),
    ) else {
        return Html::default();
    };
    let redraws = state.room == Room::Look && state.edits.redraws(slot.seed, shown.chosen);
    let changes = match state.shows_changes() {
        true => Changes::clone(state.edits.changes()),
        false => Changes::default(),
    };
    let settled = !slot.stale && !redraws;
    let drawn = settled.then(|| Asked {
        seed: slot.seed,
        drawn: Some(slot.picture.clone()),
        picture: Examined::Drawn(Pictures {
            network,
            ..changes.picture(EXAMINED, network.of, slot.seed, shown.chosen)
        }),
    });
    html! { <JudgePanel {whose} {drawn} looking={state.looking} dispatch={state.dispatcher()} /> }
}

/// Where the latent vector is moved, and the pixel in question in every sample.
fn latents(state: &UseReducerHandle<State>) -> Html {
    let pictures = &state.pictures;
    let (Some(model), Some(_)) = (&state.engine.model, pictures.chosen_slot()) else {
        return Html::default();
    };
    let sheet = pictures.slots.iter();
    let sheet = sheet.map(|slot| slot.as_ref().map(|slot| slot.picture.clone()));
    let attends = !model.layers.is_empty();
    html! {
        <>
            <LatentPanel
                model={model.clone()} sheet={sheet.collect::<Vec<_>>()} chosen={pictures.chosen} changes={Changes::clone(state.edits.changes())}
                history={[state.edits.can_undo(), state.edits.can_redo()]} dispatch={state.dispatcher()}
            />
            if attends && pictures.slots.len() > 1 {
                <EverySample slots={pictures.slots.clone()} chosen={pictures.chosen} looking={state.looking} dispatch={state.dispatcher()} />
            }
        </>
    }
}

/// What is to be said of a layer's map while something is changed.
fn note(state: &State, layer: usize) -> Option<String> {
    let first = state.edits.first().filter(|_| state.shows_changes())?;
    match state.edits.of(layer).map {
        MapEdit::Own => {
            let before = state.looked_at()?.layers.get(first);
            let side = before.filter(|_| first < layer)?.side();
            Some(format!(
                "The map of the redrawn picture: the {side}×{side} layer before it is changed."
            ))
        }
        MapEdit::Uniform => Some("Made uniform: every place looks everywhere alike.".to_owned()),
        MapEdit::MeanRow => Some("Every place has the mean row.".to_owned()),
        MapEdit::Shuffled { .. } => Some("Every place has the row of another one.".to_owned()),
        MapEdit::Patch { seed, index } => Some(match state.pictures.seed == seed {
            true => format!("The map of sample {index}."),
            false => format!("The map of sample {index} of seed {seed}."),
        }),
    }
}

/// What went wrong, if something did: above the pictures that there are, or in their place.
fn failure(state: &UseReducerHandle<State>, keeps_pictures: bool) -> Html {
    match &state.engine.phase {
        Phase::Failed(failure) => {
            let wanted = &state.engine.settings.checkpoint;
            let own = matches!(wanted, Origin::Own(_));
            let back = state.opened.clone().filter(|back| back != wanted);
            let back = back.unwrap_or_else(|| Origin::of(Model::first()));
            html! { <FailureCard failure={failure.clone()} {own} {back} dispatch={state.dispatcher()} {keeps_pictures} /> }
        }
        _ => Html::default(),
    }
}

/// The right: how maps are read, each layer's map, and how they are coloured.
fn maps(state: &UseReducerHandle<State>, said: &Said, all: Option<&AllLayers>) -> Html {
    let (dispatch, looking) = (state.dispatcher(), &state.looking);
    let Some(slot) = state.looked_at() else {
        let empty = (0..2).map(|_| html! {
            <article class="map map-empty"><div class="map-head"><h3>{ "\u{a0}" }</h3></div></article>
        });
        // Unseen, so that nothing moves when the maps come.
        return html! {
            <section class="maps" aria-label="Attention maps">
                <div class="unready" aria-hidden="true">
                    <ReadingChoice direction={looking.direction} lens={looking.lens} sight={looking.sight} {dispatch} />
                </div>
                { for empty }
            </section>
        };
    };
    let brush = match state.room {
        Room::Look => state.edits.brush,
        Room::Train => Brush::default(),
    };
    let mirror = state.mirror();
    let panel = |(layer, map): (usize, &_)| {
        let edit = state.edits.of(layer);
        let weighed = if state.shows_changes() {
            edit.biases
        } else {
            Vec::new()
        };
        let look = said.active.as_ref().and_then(|looks| looks.get(layer));
        html! {
            <MapPanel
                key={layer} {layer} map={Clone::clone(map)} shown={looking.pixel().zip(look.cloned())}
                sight={looking.sight} all={all.and_then(|all| all.get(layer).cloned())}
                pin={looking.pins.active().filter(|_| looking.region.is_none())} {mirror} second={looking.second} display={looking.display} size={slot.picture.side} seed={slot.seed}
                {weighed} {brush} lacks={said.lacks.clone()} note={note(state, layer)}
                sample={state.shown().chosen} dispatch={dispatch.clone()}
            />
        }
    };
    html! {
        <section class="maps" aria-label="Attention maps">
            <ReadingChoice direction={looking.direction} lens={looking.lens} sight={looking.sight} dispatch={dispatch.clone()} />
            { for slot.layers.iter().enumerate().map(panel) }
            <DisplayChoice display={looking.display} {dispatch} />
        </section>
    }
}
