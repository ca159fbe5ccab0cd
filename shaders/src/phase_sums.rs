//! Equal sums of taps in the four phases of a transposed convolution.
//!
//! With kernel 4, stride 2, padding 1, an output in an even row uses the taps {1, 3} of the vertical
//! axis, one in an odd row {0, 2}; columns likewise. So each output belongs to one of four phases with a
//! 2×2 kernel of its own. Made equal, their sums leave a flat map flat.

use burn::{
    backend::{Backend, Dispatch, Flex, TensorMetadata, tensor::FloatTensor},
    tensor::{Shape, Tensor, TensorData},
};

use crate::{autodiff::symmetric_operation, shapes::Shapes, switch};

/// Taps of a 4×4 kernel.
const TAPS: usize = 16;

/// The phase, 0 to 3, of tap `4·row + column`.
fn phase(tap: usize) -> usize {
    let odd = |along: usize| usize::from(along.is_multiple_of(2));
    2 * odd(tap / 4) + odd(tap % 4)
}

/// The projection of a kernel's taps, `[16, 16]`, symmetric: `w'_a = Σ_b w_b P_ba`.
pub fn phase_projection() -> [[f64; TAPS]; TAPS] {
    std::array::from_fn(|from| {
        std::array::from_fn(|to| {
            let itself = if from == to { 1.0 } else { 0.0 };
            let own = if phase(from) == phase(to) { 0.25 } else { 0.0 };
            // Taken is (S_p − S/4)/4 with S the sum of all taps.
            itself - own + 1.0 / 16.0
        })
    })
}

/// The same, row-major.
fn projection_data() -> TensorData {
    let values: Vec<f32> = phase_projection()
        .iter()
        .flatten()
        .map(|&p| p as f32)
        .collect();
    TensorData::new(values, [TAPS, TAPS])
}

/// `[Cin, Cout, 4, 4]` → the nearest weight whose phases have equal sums for each pair of channels.
///
/// # Panics
/// If a shape is another.
pub fn equal_phase_sums(weight: Tensor<4>) -> Tensor<4> {
    let shape = weight.dims();
    Shapes::of("equal_phase_sums").takes("weight", shape, ["Cin", "Cout", "4", "4"]);
    if switch::stock() {
        let projection = Tensor::<2>::from_data(projection_data(), &weight.device());
        let flat = weight.reshape([shape[0] * shape[1], TAPS]);
        return flat.matmul(projection).reshape(shape);
    }
    Tensor::from_dispatch(Dispatch::equal_phase_sums(weight.into_dispatch()))
}

symmetric_operation!(equal_phase_sums, PhaseSumsOperations, by kernel_equal_phase_sums of PhaseSumsKernels);

/// What the operation and its gradient are: the same.
pub(crate) trait PhaseSumsKernels: Backend {
    /// [`equal_phase_sums`].
    fn kernel_equal_phase_sums(weight: FloatTensor<Self>) -> FloatTensor<Self> {
        fallback::<Self>(weight)
    }
}

impl PhaseSumsKernels for Flex {}

/// On Burn's own kernels.
pub(crate) fn fallback<B: Backend>(weight: FloatTensor<B>) -> FloatTensor<B> {
    let shape = weight.shape();
    let projection = B::float_from_data(projection_data(), &weight.device());
    let flat = Shape::from([shape[0] * shape[1], TAPS]);
    let projected = B::float_matmul(B::float_reshape(weight, flat), projection);
    B::float_reshape(projected, shape)
}
