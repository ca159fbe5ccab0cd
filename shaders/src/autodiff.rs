//! How an operation enters the graph, and how its gradients leave it.

use burn::backend::{
    Autodiff, Backend,
    autodiff::{
        NodeId,
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, NodeGuard, Ops, OpsKind},
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

/// Puts the output of a symmetric linear operation into the graph: its gradient is itself.
pub(crate) fn record_symmetric<B: Backend, C: CheckpointStrategy>(
    x: FloatTensor<Autodiff<B, C>>,
    operation: fn(FloatTensor<B>) -> FloatTensor<B>,
) -> FloatTensor<Autodiff<B, C>> {
    let (x, node) = x.into_parts();
    record::<B, C, _, 1>(Symmetric(operation), [node], operation(x), |_| ())
}

#[derive(Clone, Copy, Debug)]
struct Symmetric<T>(fn(T) -> T);

impl<B: Backend> Backward<B, 1> for Symmetric<FloatTensor<B>> {
    type State = ();

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let [parent] = ops.parents;
        if let Some(node) = parent {
            gradients.register::<B>(node.id, self.0(grad));
        }
    }
}

/// The trait through which a network calls a symmetric linear operation of one tensor, and its
/// implementations: for a backend by what it has of `$Kernels`, and with a gradient, which is itself.
macro_rules! symmetric_operation {
    ($operation:ident, $Operations:ident, by $kernel:ident of $Kernels:ident) => {
        #[burn::backend::backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
        pub(crate) trait $Operations: burn::backend::Backend {
            fn $operation(x: FloatTensor<Self>) -> FloatTensor<Self>;
        }

        impl<B: $Kernels> $Operations for B {
            fn $operation(x: FloatTensor<Self>) -> FloatTensor<Self> {
                B::$kernel(x)
            }
        }

        impl<B: $Kernels, C: burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy>
            $Operations for burn::backend::Autodiff<B, C>
        {
            fn $operation(x: FloatTensor<Self>) -> FloatTensor<Self> {
                $crate::autodiff::record_symmetric::<B, C>(x, B::$kernel)
            }
        }
    };
}
pub(crate) use symmetric_operation;
