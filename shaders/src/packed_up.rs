//! Transposed convolutions whose weights are laid out once, for drawing.

use burn::{
    backend::{Backend, Dispatch, backend_extension, tensor::FloatTensor},
    tensor::Tensor,
};

use crate::{shapes::Shapes, switch, up_relu, up_tanh};

/// A weight and a bias that draw many pictures: on the CPU the weight is laid out as its loops read
/// it, so that no picture pays for it. Carries no gradient.
pub struct PackedUp {
    weight: Weight,
    bias: Tensor<1>,
    /// Cin and the side.
    takes: [usize; 2],
}

enum Weight {
    /// `[Cin, Cout, 4, 4]`, while the bench's switch is on.
    Stock(Tensor<4>),
    /// Whatever the backend likes best.
    Packed(Tensor<4>),
}

impl PackedUp {
    /// Of a weight `[Cin, Cout, 4, 4]` and a bias `[Cout]`, for maps of this width and height.
    ///
    /// # Panics
    /// If a shape is another.
    pub fn new(weight: Tensor<4>, bias: Tensor<1>, side: usize) -> Self {
        Shapes::of("packed_up")
            .takes("weight", weight.dims(), ["Cin", "Cout", "4", "4"])
            .takes("bias", bias.dims(), ["Cout"]);
        let takes = [weight.dims()[0], side];
        let weight = if switch::stock() {
            Weight::Stock(weight)
        } else {
            let packed = Dispatch::pack_up(weight.into_dispatch(), side);
            Weight::Packed(Tensor::from_dispatch(packed))
        };
        Self {
            weight,
            bias,
            takes,
        }
    }

    /// [`up_relu`] of maps `[B, Cin, side, side]`.
    ///
    /// # Panics
    /// If x has another shape.
    pub fn relu(&self, x: Tensor<4>) -> Tensor<4> {
        self.check(&x);
        match &self.weight {
            Weight::Stock(weight) => up_relu(x, weight.clone(), self.bias.clone()),
            Weight::Packed(weight) => Tensor::from_dispatch(Dispatch::packed_up_relu(
                x.into_dispatch(),
                weight.clone().into_dispatch(),
                self.bias.clone().into_dispatch(),
            )),
        }
    }

    /// [`up_tanh`] of maps `[B, Cin, side, side]`.
    ///
    /// # Panics
    /// If x has another shape.
    pub fn tanh(&self, x: Tensor<4>) -> Tensor<4> {
        self.check(&x);
        match &self.weight {
            Weight::Stock(weight) => up_tanh(x, weight.clone(), self.bias.clone()),
            Weight::Packed(weight) => Tensor::from_dispatch(Dispatch::packed_up_tanh(
                x.into_dispatch(),
                weight.clone().into_dispatch(),
                self.bias.clone().into_dispatch(),
            )),
        }
    }

    fn check(&self, x: &Tensor<4>) {
        let [_, channels, height, width] = x.dims();
        let [wanted, side] = self.takes;
        assert!(
            [channels, height, width] == [wanted, side, side],
            "packed_up: x has the shape {:?}, but [B, {wanted}, {side}, {side}] was made ready",
            x.dims()
        );
    }
}

#[backend_extension(Flex, Cube: cfg(feature = "gpu"))]
pub(crate) trait PackedUpOperations: Backend {
    /// `[Cin, Cout, 4, 4]` → four axes of the backend's own.
    fn pack_up(weight: FloatTensor<Self>, side: usize) -> FloatTensor<Self>;

    fn packed_up_relu(
        x: FloatTensor<Self>,
        packed: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    fn packed_up_tanh(
        x: FloatTensor<Self>,
        packed: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}
