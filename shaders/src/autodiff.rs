//! How an operation enters the graph, and how its gradients leave it.

use burn::backend::{
    Autodiff, Backend,
    autodiff::{
        NodeId,
        checkpoint::strategy::CheckpointStrategy,
        grads::Gradients,
        ops::{Backward, NodeGuard, OpsKind},
    },
    tensor::FloatTensor,
};

/// Puts the output of an operation into the graph. Where one of its inputs wants a gradient, so goes
/// what the backward pass needs, made of the output.
pub(crate) fn record<B: Backend, C: CheckpointStrategy, O: Backward<B, N>, const N: usize>(
    operation: O,
    inputs: [NodeGuard; N],
    output: FloatTensor<B>,
    state: impl FnOnce(&FloatTensor<B>) -> O::State,
) -> FloatTensor<Autodiff<B, C>> {
    let preparation = operation.prepare::<C>(inputs).compute_bound().stateful();
    match preparation {
        OpsKind::Tracked(preparation) => preparation.finish(state(&output), output),
        OpsKind::UnTracked(preparation) => preparation.finish(output),
    }
}

/// Hands each gradient to the parent that wants it.
pub(crate) fn register_each<B: Backend, const N: usize>(
    parents: [Option<NodeId>; N],
    grads: [FloatTensor<B>; N],
    gradients: &mut Gradients,
) {
    for (parent, grad) in parents.into_iter().zip(grads) {
        if let Some(id) = parent {
            gradients.register::<B>(id, grad);
        }
    }
}
