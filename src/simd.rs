//! Hot loops at the width of this processor.
//!
//! The program is compiled for every x86-64, whose registers hold four floats; nearly all that run it hold
//! eight. `pulp` compiles a kernel for both and asks the processor which to run. Only what is inlined is
//! compiled so: `with_simd` and what it calls are marked `#[inline(always)]`. (Closures cannot be marked; those
//! of iterators are small enough to be inlined anyway.) Plain loops over slices get wide by themselves; one whose
//! state goes from turn to turn does not, and is written with the registers that `Simd` names.
//!
//! Each lane does what the loop says, in its order: a reading is the same to the last bit on either, so
//! sums of floats stay in an order of their own (a fixed number of lanes) where the loop is to be wide, and
//! nothing is left to fused multiplication.

pub use pulp::{Simd, WithSimd};

/// Runs a kernel compiled for this processor.
pub fn wide<K: WithSimd>(kernel: K) -> K::Output {
    pulp::Arch::new().dispatch(kernel)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scale<'a> {
        to: &'a mut [f32],
        from: &'a [f32],
        by: f32,
    }

    impl WithSimd for Scale<'_> {
        type Output = usize;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            for (to, v) in self.to.iter_mut().zip(self.from) {
                *to = (v * self.by).floor();
            }
            self.from.len()
        }
    }

    #[test]
    fn a_kernel_gives_the_same_however_wide_it_is() {
        let from: Vec<f32> = (0..100).map(|i| i as f32 / 7.0 - 5.0).collect();
        let (mut plain, mut fast) = (vec![0.0; 100], vec![0.0; 100]);
        let scale = Scale { to: &mut plain, from: &from, by: 3.3 };
        assert_eq!(scale.with_simd(pulp::Scalar), 100);
        assert_eq!(wide(Scale { to: &mut fast, from: &from, by: 3.3 }), 100);
        assert_eq!(plain, fast);
    }
}
