//! The arithmetic on the CPU: plain slices in, plain slices out.
//!
//! Everything here comes down to the two matrix products of [`products`]: [`products::Combine`],
//! which writes sums of rows, and [`products::Correlate`], which writes dot products of rows. Both
//! read rows at arbitrary offsets of one buffer, so a convolution needs no copy of its patches: a
//! tap of the kernel is a row that starts somewhere else ([`planes`]).

pub(crate) mod adam;
pub(crate) mod attention;
pub(crate) mod attention_layer;
pub(crate) mod batch_norm;
#[cfg(test)]
mod batch_norm_tests;
mod blend;
pub(crate) mod down;
mod exp;
pub(crate) mod leaky_relu;
pub(crate) mod parallel;
mod planes;
pub(crate) mod pointwise;
mod products;
pub(crate) mod smoothed;
mod spaced;
mod sums;
pub(crate) mod tanh;
pub(crate) mod up;
pub(crate) mod up_dots;
pub(crate) mod weight_grad;
pub(crate) mod winograd;

#[cfg(test)]
mod tests;

pub(crate) use blend::blend;
pub(crate) use planes::Shape;
pub(crate) use products::PANEL;
pub(crate) use sums::channel_sums;
