//! Requests under way, and who is told what comes of them.

use std::collections::BTreeMap;

use crate::protocol::{Ask, Draw, Judge, Pictures, Reply, Request};

/// Requests under way. `L` is whoever is told what comes of one.
///
/// Pictures have a topic. A newer request on it supersedes an older one, of which then nothing more
/// is heard, even if its answers are already on their way.
#[derive(Debug)]
pub struct Calls<L> {
    last: u32,
    under_way: BTreeMap<u32, Call<L>>,
    /// The newest of each topic that waits for its turn.
    waiting: Vec<(Pictures, L)>,
}

#[derive(Debug)]
struct Call<L> {
    topic: Option<u32>,
    listener: L,
}

impl<L> Default for Calls<L> {
    fn default() -> Self {
        Self {
            last: 0,
            under_way: BTreeMap::new(),
            waiting: Vec::new(),
        }
    }
}

impl<L: Clone> Calls<L> {
    /// Makes a request; it supersedes any other on its topic, under way or waiting.
    pub fn ask(&mut self, ask: Ask, listener: L) -> Request {
        let topic = topic_of(&ask);
        if topic.is_some() {
            self.under_way.retain(|_, call| call.topic != topic);
            self.waiting.retain(|(one, _)| Some(one.topic) != topic);
        }
        self.last += 1;
        self.under_way.insert(self.last, Call { topic, listener });
        Request { id: self.last, ask }
    }

    /// As [`ask`](Self::ask), but where a request on the topic is under way, this one waits for its
    /// end, in place of one that waits already. So a slider that is dragged shows picture after
    /// picture, and never has more than one ahead of the newest.
    pub fn ask_in_turn(&mut self, pictures: Pictures, listener: L) -> Option<Request> {
        if self.is_free(pictures.topic) {
            return Some(self.ask(Ask::Draw(Draw::Pictures(pictures)), listener));
        }
        self.waiting.retain(|(one, _)| one.topic != pictures.topic);
        self.waiting.push((pictures, listener));
        None
    }

    /// Who is told of this reply; nobody, where its request is superseded or over.
    pub fn hear(&mut self, reply: &Reply) -> Option<L> {
        if reply.answer.ends_request() {
            self.cut_short(reply.to)
        } else {
            let call = self.under_way.get(&reply.to);
            call.map(|call| call.listener.clone())
        }
    }

    /// Nothing more is heard of this request: who would have been told.
    pub fn cut_short(&mut self, id: u32) -> Option<L> {
        self.under_way.remove(&id).map(|call| call.listener)
    }

    /// A request that has waited and whose turn it is.
    pub fn next_request(&mut self) -> Option<Request> {
        let free = |(one, _): &(Pictures, L)| self.is_free(one.topic);
        let place = self.waiting.iter().position(free)?;
        let (pictures, listener) = self.waiting.remove(place);
        Some(self.ask(Ask::Draw(Draw::Pictures(pictures)), listener))
    }

    /// Nothing more is heard of requests on this topic.
    pub fn forget(&mut self, topic: u32) {
        self.under_way.retain(|_, call| call.topic != Some(topic));
        self.waiting.retain(|(one, _)| one.topic != topic);
    }

    /// Ends all requests; who was not told everything.
    pub fn end(&mut self) -> Vec<L> {
        let under_way = std::mem::take(&mut self.under_way).into_values();
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        let waiting = waiting.map(|(_, listener)| listener);
        under_way.map(|call| call.listener).chain(waiting).collect()
    }

    fn is_free(&self, topic: u32) -> bool {
        self.under_way
            .values()
            .all(|call| call.topic != Some(topic))
    }
}

fn topic_of(ask: &Ask) -> Option<u32> {
    match ask {
        Ask::Draw(Draw::Pictures(pictures)) => Some(pictures.topic),
        Ask::Judge(Judge::Examine { topic, .. }) => Some(*topic),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        Answer, DrawReply, Examined, Examiner, JudgeReply, Sample, Source, Train, TrainReply,
        TrainingStage,
    };

    fn pictures(topic: u32) -> Pictures {
        Pictures::of_seed(topic, Source::Model(1), 1, 0, 1)
    }

    fn draw(topic: u32) -> Ask {
        Ask::Draw(Draw::Pictures(pictures(topic)))
    }

    fn reply(to: u32, reply: DrawReply) -> Reply {
        let answer = Answer::Draw(reply);
        Reply { to, answer }
    }

    fn sample(to: u32) -> Reply {
        let sample = Sample {
            size: 0,
            rgba: Vec::new(),
            layers: Vec::new(),
        };
        reply(to, DrawReply::Sample { index: 0, sample })
    }

    fn done(to: u32) -> Reply {
        reply(to, DrawReply::Done { millis: 1.0 })
    }

    #[test]
    fn each_reply_reaches_who_asked_until_the_one_that_ends_it() {
        let mut calls = Calls::default();
        let grid = calls.ask(draw(1), "grid").id;
        let other = calls.ask(draw(2), "other").id;
        assert_ne!(grid, other);
        assert_eq!(calls.hear(&sample(other)), Some("other"));
        assert_eq!(calls.hear(&sample(grid)), Some("grid"));
        assert_eq!(calls.hear(&done(grid)), Some("grid"));
        assert_eq!(calls.hear(&sample(grid)), None, "it is over");
        assert_eq!(calls.hear(&done(other)), Some("other"));
    }

    #[test]
    fn nothing_is_heard_of_a_superseded_request() {
        let mut calls = Calls::default();
        let older = calls.ask(draw(1), "older").id;
        let newer = calls.ask(draw(1), "newer").id;
        assert_eq!(calls.hear(&sample(older)), None);
        assert_eq!(calls.hear(&reply(older, DrawReply::Superseded)), None);
        assert_eq!(calls.hear(&sample(newer)), Some("newer"));
        calls.forget(1);
        assert_eq!(calls.hear(&sample(newer)), None);
    }

    #[test]
    fn of_those_that_wait_for_their_turn_only_the_newest_is_asked() {
        let mut calls = Calls::default();
        let first = calls.ask_in_turn(pictures(1), 0).map(|request| request.id);
        let first = first.unwrap_or_default();
        for later in 1..30 {
            assert_eq!(calls.ask_in_turn(pictures(1), later), None);
        }
        assert_eq!(calls.next_request(), None, "the first is under way");
        assert!(
            calls.ask_in_turn(pictures(2), 99).is_some(),
            "topics differ"
        );
        assert_eq!(calls.hear(&sample(first)), Some(0), "and still shown");
        assert_eq!(calls.hear(&done(first)), Some(0));
        let last = calls
            .next_request()
            .map(|request| request.id)
            .unwrap_or_default();
        assert_eq!(calls.hear(&done(last)), Some(29));
        assert_eq!(calls.next_request(), None);
    }

    #[test]
    fn of_a_request_that_is_cut_short_nothing_more_is_heard() {
        let mut calls = Calls::default();
        let id = calls.ask(draw(1), "asked").id;
        calls.ask_in_turn(pictures(1), "waits");
        assert_eq!(calls.cut_short(id), Some("asked"));
        assert_eq!(calls.hear(&sample(id)), None);
        let next = calls.next_request().map(|request| request.id);
        assert_eq!(calls.hear(&done(next.unwrap_or_default())), Some("waits"));
        assert_eq!(calls.cut_short(id), None);
    }

    #[test]
    fn a_request_at_once_supersedes_one_that_waits() {
        let mut calls = Calls::default();
        calls.ask_in_turn(pictures(1), "under way");
        calls.ask_in_turn(pictures(1), "waits");
        let at_once = calls.ask(draw(1), "at once").id;
        assert_eq!(calls.hear(&done(at_once)), Some("at once"));
        assert_eq!(calls.next_request(), None);
    }

    #[test]
    fn of_two_examinations_only_the_newer_is_heard() {
        let mut calls = Calls::default();
        let mut examine = |listener| {
            let ask = Judge::Examine {
                topic: 1,
                by: Examiner::Judge(1),
                picture: Examined::Drawn(pictures(9)),
            };
            calls.ask(Ask::Judge(ask), listener).id
        };
        let (older, newer) = (examine("older"), examine("newer"));
        let failed = |to| Reply {
            to,
            answer: Answer::Judge(JudgeReply::Closed),
        };
        assert_eq!(calls.hear(&failed(older)), None);
        assert_eq!(calls.hear(&failed(newer)), Some("newer"));
    }

    #[test]
    fn runs_have_no_topic_and_do_not_supersede_each_other() {
        let mut calls = Calls::default();
        let mut close = |run| calls.ask(Ask::Train(Train::Close { run }), run).id;
        let (one, two) = (close(1), close(2));
        let answer = |to, reply| Reply {
            to,
            answer: Answer::Train(reply),
        };
        let stage = TrainReply::Stage(TrainingStage::Device);
        assert_eq!(calls.hear(&answer(two, stage)), Some(2));
        assert_eq!(calls.hear(&answer(one, TrainReply::Closed)), Some(1));
        assert_eq!(calls.hear(&answer(two, TrainReply::Closed)), Some(2));
    }

    #[test]
    fn at_the_end_everybody_who_still_waits_is_known_once() {
        let mut calls = Calls::default();
        let over = calls.ask(draw(1), "over").id;
        calls.hear(&done(over));
        calls.ask(draw(2), "under way");
        calls.ask_in_turn(pictures(2), "waits");
        assert_eq!(calls.end(), ["under way", "waits"]);
        assert!(calls.end().is_empty());
    }
}
