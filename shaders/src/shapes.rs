//! The shapes that an operation takes, said with a name for each dimension.
//!
//! A wrong shape gives wrong numbers on a GPU, not an error. So every public operation says first what
//! it takes; whoever calls it with something else has made a mistake in the program, and the panic
//! names the operation, the argument and both shapes.

use std::fmt::Write;

/// What is known of an operation's dimensions so far.
pub(crate) struct Shapes {
    operation: &'static str,
    /// Length of each name, and the argument that had it first.
    lengths: Vec<(&'static str, usize, &'static str)>,
}

impl Shapes {
    pub(crate) fn of(operation: &'static str) -> Self {
        Self {
            operation,
            lengths: Vec::new(),
        }
    }

    /// The tensor `argument` has a dimension for each of `names`. A name stands for the same length
    /// wherever it comes; a name that is a number stands for that; no length is zero.
    ///
    /// # Panics
    /// If it is not so.
    #[track_caller]
    pub(crate) fn takes<const D: usize>(
        mut self,
        argument: &'static str,
        shape: [usize; D],
        names: [&'static str; D],
    ) -> Self {
        for (length, name) in shape.into_iter().zip(names) {
            if length == 0 || self.length(name).is_some_and(|wanted| wanted != length) {
                self.refuse(argument, &shape, &names);
            }
            if self.length(name).is_none() {
                self.lengths.push((name, length, argument));
            }
        }
        self
    }

    /// Of the tensor `argument` a dimension is even: it is to be halved.
    ///
    /// # Panics
    /// If it is odd.
    #[track_caller]
    pub(crate) fn halves(self, argument: &str, shape: [usize; 4]) {
        let [_, _, height, width] = shape;
        assert!(
            height % 2 == 0 && width % 2 == 0,
            "{}: {argument} has the shape {shape:?}, but only maps of even sides can be halved",
            self.operation
        );
    }

    fn length(&self, name: &str) -> Option<usize> {
        let known = self.lengths.iter().find(|known| known.0 == name);
        known.map(|known| known.1).or(name.parse().ok())
    }

    #[track_caller]
    fn refuse(&self, argument: &str, shape: &[usize], names: &[&str]) -> ! {
        let mut reasons = String::new();
        for (name, length, from) in &self.lengths {
            if names.contains(name) && *from != argument {
                // Writing to a string does not fail.
                let _ = write!(reasons, ", where {from} has {name} = {length}");
            }
        }
        if shape.contains(&0) {
            reasons.push_str(", none of them zero");
        }
        panic!(
            "{}: {argument} has the shape {shape:?}, but should have [{}]{reasons}",
            self.operation,
            names.join(", ")
        );
    }
}

/// The slope of a LeakyReLU, whose gradient is told from its output.
///
/// # Panics
/// If it is negative or not a number.
#[track_caller]
pub(crate) fn assert_slope(operation: &str, slope: f32) {
    assert!(
        slope >= 0.0,
        "{operation}: the slope is {slope}, but must be at least zero"
    );
}
