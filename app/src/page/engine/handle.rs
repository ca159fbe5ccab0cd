//! The page's handle to the engine: typed calls, whose replies go to whoever made them.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use crate::page::failure::Failure;
use crate::protocol::{
    Answer, Ask, Draw, DrawReply, Judge, JudgeReply, Pictures, Reply, Request, Train, TrainReply,
};

use super::calls::Calls;
use super::download::Program;
use super::link::{EngineLink, Heard};
use super::sample_check::{self, Fault};

/// The engine, for every component to ask: a Yew context. All clones are the same engine.
///
/// A call may be made before the engine runs; it is asked as soon as it does. The listener hears any
/// number of replies and then exactly one that ends the call, be it `Failed` because the engine was
/// lost; but nothing more once a newer call on its topic is made.
#[derive(Clone, Default)]
pub struct Engine(Rc<Inner>);

/// Who hears what becomes of the engine.
type OnTold = Rc<dyn Fn(Told)>;

#[derive(Default)]
struct Inner {
    link: RefCell<Option<EngineLink>>,
    listens: Cell<bool>,
    /// What was asked before it listened.
    unsent: RefCell<Vec<Request>>,
    calls: RefCell<Calls<Listener>>,
    told: RefCell<Option<OnTold>>,
}

#[derive(Clone)]
enum Listener {
    Draw(Rc<dyn Fn(DrawReply)>),
    Train(Rc<dyn Fn(TrainReply)>),
    Judge(Rc<dyn Fn(JudgeReply)>),
}

/// What becomes of the engine itself.
#[derive(Debug)]
pub enum Told {
    /// It has started, is of this page's build, and takes requests.
    Listening,
    /// It has started, and is of another build.
    OtherBuild,
    /// There is none any more; whoever waits for an answer is told next.
    Lost(Failure),
}

impl PartialEq for Engine {
    /// Whether they are the same one.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Engine {
    /// Starts a worker with the engine in it. Whatever was asked before is asked now.
    ///
    /// # Errors
    /// As [`EngineLink::start`]; what goes wrong later is [`Told::Lost`].
    pub fn start(&self, program: &Program, told: impl Fn(Told) + 'static) -> Result<(), Failure> {
        self.0.told.replace(Some(Rc::new(told)));
        let engine = Rc::downgrade(&self.0);
        let heard = move |heard| {
            if let Some(inner) = Weak::upgrade(&engine) {
                Self(inner).hear(heard);
            }
        };
        let link = EngineLink::start(program, heard)?;
        self.0.link.replace(Some(link));
        Ok(())
    }

    /// Ends the worker. Pictures and models are asked for again by whoever wants them, but a run
    /// is gone, so those who wait for one are told.
    pub fn stop(&self) {
        self.0.told.replace(None);
        let sentence = "The engine was started again, so what was not saved of this run is gone. Go on from its last file.";
        for listener in self.end() {
            if let Listener::Train(_) = listener {
                listener.fail(sentence);
            }
        }
        self.0.link.replace(None);
    }

    /// Opens a model, or closes it. [`DrawReply::Ready`] or [`DrawReply::Closed`] ends the call.
    pub fn models(&self, ask: Draw, heard: impl Fn(DrawReply) + 'static) {
        self.ask(Ask::Draw(ask), Listener::Draw(Rc::new(heard)));
    }

    /// Draws pictures; an older call on their topic is superseded at once.
    pub fn draw(&self, pictures: Pictures, heard: impl Fn(DrawReply) + 'static) {
        self.models(Draw::Pictures(pictures), heard);
    }

    /// As [`draw`](Self::draw), for what changes faster than it can be drawn: an older call on the
    /// topic that is under way comes to its end, and of those that wait only the newest is drawn.
    pub fn redraw(&self, pictures: Pictures, heard: impl Fn(DrawReply) + 'static) {
        let listener = Listener::Draw(Rc::new(heard));
        let request = self.0.calls.borrow_mut().ask_in_turn(pictures, listener);
        if let Some(request) = request {
            self.send(request);
        }
    }

    /// Nothing more is heard of pictures on this topic.
    pub fn forget(&self, topic: u32) {
        self.0.calls.borrow_mut().forget(topic);
    }

    /// Asks for anything about training runs.
    pub fn train(&self, ask: Train, heard: impl Fn(TrainReply) + 'static) {
        self.ask(Ask::Train(ask), Listener::Train(Rc::new(heard)));
    }

    /// Asks for anything about discriminators.
    pub fn judge(&self, ask: Judge, heard: impl Fn(JudgeReply) + 'static) {
        self.ask(Ask::Judge(ask), Listener::Judge(Rc::new(heard)));
    }

    fn ask(&self, ask: Ask, listener: Listener) {
        let request = self.0.calls.borrow_mut().ask(ask, listener);
        self.send(request);
    }

    fn send(&self, request: Request) {
        if !self.0.listens.get() {
            self.0.unsent.borrow_mut().push(request);
            return;
        }
        let sent = match &*self.0.link.borrow() {
            Some(link) => link.post(&request),
            None => Ok(()),
        };
        if let Err(failure) = sent {
            self.lose(failure);
        }
    }

    // No cell may be borrowed while a listener is told something: it may ask again.
    fn hear(&self, heard: Heard) {
        match heard {
            Heard::Listening => {
                self.0.listens.set(true);
                self.tell(Told::Listening);
                for request in self.0.unsent.take() {
                    self.send(request);
                }
            }
            Heard::OtherBuild => self.tell(Told::OtherBuild),
            Heard::Lost(failure) => self.lose(failure),
            Heard::Reply(reply) => self.hear_reply(*reply),
        }
    }

    fn hear_reply(&self, reply: Reply) {
        match &reply.answer {
            Answer::Lost { sentence } | Answer::Unreadable { sentence } => {
                let sentence = sentence.clone();
                return self.lose(Failure::Engine { sentence });
            }
            Answer::Draw(_) | Answer::Train(_) | Answer::Judge(_) => {}
        }
        let checked = match &reply.answer {
            Answer::Draw(DrawReply::Sample { sample, .. }) => sample_check::check(sample),
            Answer::Judge(JudgeReply::Examined(verdict)) => sample_check::check_verdict(verdict),
            _ => Ok(()),
        };
        if let Err(Fault::Malformed(detail)) = checked {
            return self.lose(Failure::Unreadable { detail });
        }
        let listener = match &checked {
            Ok(()) => self.0.calls.borrow_mut().hear(&reply),
            // A network can come to that; it is no fault of the engine's, and other calls go on.
            Err(_) => self.0.calls.borrow_mut().cut_short(reply.to),
        };
        let next = self.0.calls.borrow_mut().next_request();
        if let Some(next) = next {
            self.send(next);
        }
        if let Err(fault) = checked {
            if let Some(listener) = listener {
                listener.fail(&fault.to_string());
            }
            return;
        }
        match (listener, reply.answer) {
            (Some(Listener::Draw(heard)), Answer::Draw(reply)) => heard(reply),
            (Some(Listener::Train(heard)), Answer::Train(reply)) => heard(reply),
            (Some(Listener::Judge(heard)), Answer::Judge(reply)) => heard(reply),
            // Superseded; the engine answers nobody in another's words.
            _ => {}
        }
    }

    fn lose(&self, failure: Failure) {
        let sentence = failure.to_string();
        let unanswered = self.end();
        self.tell(Told::Lost(failure));
        for listener in unanswered {
            listener.fail(&sentence);
        }
    }

    /// Ends all calls.
    fn end(&self) -> Vec<Listener> {
        self.0.listens.set(false);
        self.0.unsent.take();
        self.0.calls.borrow_mut().end()
    }

    fn tell(&self, what: Told) {
        let told = self.0.told.borrow().clone();
        if let Some(told) = told {
            told(what);
        }
    }
}

impl Listener {
    fn fail(&self, sentence: &str) {
        let sentence = sentence.to_owned();
        match self {
            Self::Draw(heard) => heard(DrawReply::Failed { sentence }),
            Self::Train(heard) => heard(TrainReply::Failed { sentence }),
            Self::Judge(heard) => heard(JudgeReply::Failed { sentence }),
        }
    }
}
