//! Adam (Kingma & Ba 2015) with its state by parameter name, so that a checkpoint can hold it.

use std::collections::BTreeMap;

use burn::{
    module::{Module, Param},
    tensor::{Gradients, Tensor},
};
use saganscope_shaders::{AdamRates, adam};

use crate::{
    config::AdamConfig,
    parameters::{NamedMapper, map_named},
};

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
    ///
    /// The rate is `rate_factor` (0 to 1) of the settings'.
    pub fn update<M: Module>(
        &mut self,
        module: M,
        gradients: &mut Gradients,
        rate_factor: f64,
    ) -> M {
        self.step += 1;
        let update = &mut Update {
            adam: self,
            gradients,
            rate_factor,
            rates: None,
        };
        map_named(module, update)
    }
}

struct Update<'a> {
    adam: &'a mut Adam,
    gradients: &'a mut Gradients,
    rate_factor: f64,
    /// Made on the device of the first parameter.
    rates: Option<AdamRates>,
}

impl NamedMapper for Update<'_> {
    fn map<const D: usize>(&mut self, name: String, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if !param.is_require_grad() {
            return param;
        }
        let Some(gradient) = param.val().grad_remove(self.gradients) else {
            return param;
        };
        let device = gradient.device();
        let shape = gradient.dims();
        let Adam { config, step, .. } = &*self.adam;
        let rate_factor = self.rate_factor;
        let rates = self.rates.get_or_insert_with(|| {
            let AdamConfig {
                rate,
                beta1,
                beta2,
                epsilon,
            } = *config;
            AdamRates::new(rate * rate_factor, [beta1, beta2], epsilon, *step, &device)
        });
        let Moments { first, second } = self.adam.moments.remove(&name).unwrap_or_else(|| {
            let zeros = || Tensor::zeros([shape.iter().product::<usize>()], &device);
            Moments {
                first: zeros(),
                second: zeros(),
            }
        });
        param.map(|old| {
            let state = [old.inner().reshape([-1]), first, second];
            let [new, first, second] = adam(state, gradient.reshape([-1]), rates);
            self.adam.moments.insert(name, Moments { first, second });
            Tensor::from_inner(new.reshape(shape)).require_grad()
        })
    }
}
