//! One step of a generator of random numbers that hangs on nothing but its argument.

/// What SplitMix64 adds to its state at each step.
pub const SPLITMIX_STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// The output of SplitMix64 at state `x`: a bijection of 64 bits that leaves no trace of order, so numbered things (rows, trees,
/// replicates) get draws that are independent and the same in whatever order they are asked for.
///
/// # References
/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
pub fn splitmix(x: u64) -> u64 {
    let z = x.wrapping_add(SPLITMIX_STEP);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mixing_is_the_published_one() {
        // First outputs of SplitMix64 seeded with 1234567, from the reference program by Vigna.
        let state = |i: u64| 1_234_567_u64.wrapping_add(i.wrapping_mul(SPLITMIX_STEP));
        let outputs: Vec<u64> = (0..3).map(|i| splitmix(state(i))).collect();
        assert_eq!(
            outputs,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }
}
