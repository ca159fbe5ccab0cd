//! Adam (Kingma & Ba 2015) with its state by parameter name, so that a checkpoint can hold it.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, Param},
    tensor::{Gradients, Tensor},
};
use serde::{Deserialize, Serialize};

/// Settings of the optimiser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamConfig {
    /// Learning rate.
    pub rate: f64,
    /// Decay of the mean of the gradients; 0 in SAGAN.
    pub beta1: f64,
    /// Decay of the mean of their squares; 0.9 in SAGAN.
    pub beta2: f64,
    /// Added to the root, as PyTorch does.
    pub epsilon: f64,
}

impl AdamConfig {
    /// SAGAN's settings at this learning rate: β = (0, 0.9), ε = 1e-8.
    pub fn new(rate: f64) -> Self {
        Self {
            rate,
            beta1: 0.0,
            beta2: 0.9,
            epsilon: 1e-8,
        }
    }
}

/// Both moments of one parameter, flattened.
#[derive(Clone, Debug)]
pub struct Moments {
    /// Mean of the gradients.
    pub first: Tensor<1>,
    /// Mean of their squares.
    pub second: Tensor<1>,
}

/// The optimiser of one network.
#[derive(Clone, Debug)]
pub struct Adam {
    /// Settings.
    pub config: AdamConfig,
    /// Updates done so far.
    pub step: u64,
    /// Moments by the parameter's dotted path.
    pub moments: BTreeMap<String, Moments>,
}

impl Adam {
    /// No history yet.
    pub fn new(config: AdamConfig) -> Self {
        Self {
            config,
            step: 0,
            moments: BTreeMap::new(),
        }
    }

    /// One update of every parameter that has a gradient:
    /// `p ← p − rate · m̂ / (√v̂ + ε)` with bias-corrected moments.
    pub fn update<M: Module>(&mut self, module: M, gradients: &mut Gradients) -> M {
        self.step += 1;
        module.map(&mut Update {
            adam: self,
            gradients,
            path: Vec::new(),
        })
    }
}

struct Update<'a> {
    adam: &'a mut Adam,
    gradients: &'a mut Gradients,
    path: Vec<String>,
}

impl ModuleMapper for Update<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if !param.is_require_grad() {
            return param;
        }
        let Some(gradient) = param.val().grad_remove(self.gradients) else {
            return param;
        };
        let AdamConfig {
            rate,
            beta1,
            beta2,
            epsilon,
        } = self.adam.config;
        let step = self.adam.step as f64;
        let (rest1, rest2) = (1.0 - beta1.powf(step), 1.0 - beta2.powf(step));
        let shape = gradient.dims();
        let gradient: Tensor<1> = gradient.reshape([-1]);
        let square = gradient.clone() * gradient.clone();

        let name = self.path.join(".");
        let (first, second) = match self.adam.moments.remove(&name) {
            None => (gradient * (1.0 - beta1), square * (1.0 - beta2)),
            Some(old) => (
                old.first * beta1 + gradient * (1.0 - beta1),
                old.second * beta2 + square * (1.0 - beta2),
            ),
        };
        let root = second.clone().sqrt() / rest2.sqrt() + epsilon;
        let change = first.clone() / root * (rate / rest1);
        self.adam.moments.insert(name, Moments { first, second });

        param.map(|old| {
            let new = old.inner() - change.reshape(shape);
            Tensor::from_inner(new).require_grad()
        })
    }
}
