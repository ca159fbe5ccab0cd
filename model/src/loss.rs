//! The hinge loss (SAGAN equation 5).

use burn::tensor::{Tensor, activation::relu};

/// Discriminator: mean max(0, 1 − D(real)) + mean max(0, 1 + D(fake)). Scores `[B]` → `[1]`.
pub fn discriminator_loss(real: Tensor<1>, fake: Tensor<1>) -> Tensor<1> {
    relu(real.neg() + 1.0).mean() + relu(fake + 1.0).mean()
}

/// Generator: −mean D(fake). Scores `[B]` → `[1]`.
pub fn generator_loss(fake: Tensor<1>) -> Tensor<1> {
    fake.mean().neg()
}
