//! The networks' and the training's choices, each with what it does in one sentence.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::page::components::segments::{Segment, Segments};
use crate::page::training::form::{
    Attention, BATCHES, Betas, Energy, Form, FormAction, LATENTS, NORMS, Rates, SIZES, WIDTHS,
};

/// What the choices need.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What is chosen.
    pub form: Form,
    /// With what the open run began, where it did so here.
    pub running: Option<Form>,
    /// Whether there is a GPU, which the form suggests more for.
    pub gpu: bool,
    /// Where choices go.
    pub onform: Callback<FormAction>,
}

/// The networks' and the training's choices, each with what it does in one sentence, and whether it
/// is another than the running one's.
#[component]
pub fn RunChoices(props: &Props) -> Html {
    let Props {
        form,
        running,
        gpu,
        onform,
    } = props;
    let differs = |same: fn(&Form, &Form) -> bool| {
        let other = running.as_ref().is_some_and(|running| !same(running, form));
        html! {
            if other {
                <strong class="differs">{ " Differs from the running one: restart." }</strong>
            }
        }
    };
    let number =
        |name: &'static str, all: &'static [u32], chosen: u32, action: fn(u32) -> FormAction| {
            choice(
                name,
                all.iter().map(u32::to_string).collect(),
                all.iter().position(|&one| one == chosen),
                onform.reform(move |index: usize| action(all[index])),
            )
        };
    let onseed = onform.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        FormAction::Seed(input.value().trim().parse().unwrap_or(1))
    });
    let onreset = {
        let reset = form.reset(*gpu);
        onform.reform(move |_: MouseEvent| FormAction::All(Box::new(reset.clone())))
    };
    let as_at_first = *form == form.reset(*gpu);
    html! {
        <>
            <div class="choices">
                { number("Picture size", &SIZES, form.size, FormAction::Size) }
                <p class="quiet">{ "Pixels of a side; twice as many take four times as long." }{ differs(|a, b| a.size == b.size) }</p>
                { number("Width of the networks", &WIDTHS, form.width, FormAction::Width) }
                <p class="quiet">{ "More channels draw finer and take longer." }{ differs(|a, b| a.width == b.width) }</p>
                { number("Pictures a step", &BATCHES, form.batch, FormAction::Batch) }
                <p class="quiet">{ "More make a steadier step, and a slower one." }{ differs(|a, b| a.batch == b.batch) }</p>
            </div>
            <details class="more">
                <summary data-testid="more-choices">{ "Attention, rates, seed" }</summary>
                <div class="choices">
                    { choice(
                        "Energy", Energy::ALL.map(|one| one.name().to_owned()).into(),
                        Energy::ALL.iter().position(|one| *one == form.energy),
                        onform.reform(|index: usize| FormAction::Energy(Energy::ALL[index])),
                    ) }
                    <p class="quiet">{ form.energy.sentence() }{ differs(|a, b| a.energy == b.energy) }</p>
                    { choice(
                        "Attention in the generator", Attention::ALL.map(|one| one.name().to_owned()).into(),
                        Attention::ALL.iter().position(|one| *one == form.attention),
                        onform.reform(|index: usize| FormAction::Attention(Attention::ALL[index])),
                    ) }
                    <p class="quiet">{ form.attention.sentence() }{ differs(|a, b| a.attention == b.attention) }</p>
                    { choice(
                        "Attention in the discriminator", Attention::ALL.map(|one| one.name().to_owned()).into(),
                        Attention::ALL.iter().position(|one| *one == form.judging),
                        onform.reform(|index: usize| FormAction::Judging(Attention::ALL[index])),
                    ) }
                    <p class="quiet">{ form.judging.judging_sentence() }{ differs(|a, b| a.judging == b.judging) }</p>
                    { choice(
                        "Learning rates", Rates::ALL.map(|one| one.name().to_owned()).into(),
                        Rates::ALL.iter().position(|one| *one == form.rates),
                        onform.reform(|index: usize| FormAction::Rates(Rates::ALL[index])),
                    ) }
                    <p class="quiet">{ form.rates.sentence() }{ differs(|a, b| a.rates == b.rates) }</p>
                    { choice(
                        "β₁ and β₂", Betas::ALL.map(|one| one.name().to_owned()).into(),
                        Betas::ALL.iter().position(|one| *one == form.betas),
                        onform.reform(|index: usize| FormAction::Betas(Betas::ALL[index])),
                    ) }
                    <p class="quiet">{ form.betas.sentence() }{ differs(|a, b| a.betas == b.betas) }</p>
                    { choice(
                        "Spectral norm", NORMS.map(|(_, name)| name.to_owned()).into(), Some(form.norm),
                        onform.reform(FormAction::Norm),
                    ) }
                    <p class="quiet">{ "It bounds how fast each layer can change; without it runs diverge more easily." }{ differs(|a, b| a.norm == b.norm) }</p>
                    { number("Latents", &LATENTS, form.latents, FormAction::Latents) }
                    <p class="quiet">{ "Random numbers that a picture is drawn from; few leave less to vary." }{ differs(|a, b| a.latents == b.latents) }</p>
                    <label class="seed-choice">
                        { "Seed " }
                        <input type="text" inputmode="numeric" autocomplete="off" value={form.seed.to_string()} oninput={onseed} data-testid="run-seed" />
                    </label>
                    <p class="quiet">{ "Where all chance comes from: the same seed on the same device, the same run." }{ differs(|a, b| a.seed == b.seed) }</p>
                </div>
                <button type="button" onclick={onreset} disabled={as_at_first} data-testid="reset-form">{ "All as at first" }</button>
            </details>
        </>
    }
}

/// One choice of a few, with its name before it.
fn choice(
    name: &'static str,
    all: Vec<String>,
    chosen: Option<usize>,
    onchoose: Callback<usize>,
) -> Html {
    let key = name.to_lowercase().replace(' ', "-");
    let segments = all.into_iter().map(|name| Segment {
        testid: format!("{key}-{}", name.replace(' ', "-")).into(),
        name: name.into(),
    });
    html! {
        <div class="choice">
            <span aria-hidden="true">{ name }</span>
            <Segments legend={name} group={key.clone()} segments={segments.collect::<Vec<_>>()} {chosen} {onchoose} />
        </div>
    }
}
