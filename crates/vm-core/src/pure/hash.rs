//! Hash values, as the language defines them: equal values hash equally across types, -1 is never
//! one (it stands for "error" in some protocols and is replaced by -2), and all are deterministic.
//!
//! 1. A number hashes to itself modulo the prime `P = 2^61 - 1`, fractions by the inverse of their
//!    denominator, with the sign put back. Floats need no division: multiplying by a power of two
//!    modulo `P` rotates 61 bits.
//! 2. Tuples combine their items' hashes by the core of xxHash (Collet, XXH64), one lane.
//! 3. Bytes are taken sixteen at a time through a 64 x 64 to 128 bit multiplication whose halves
//!    are folded by exclusive or (the idea of Wang Yi's wyhash).

use num_bigint::BigInt;
use num_traits::Signed;

const MODULUS_BITS: u32 = 61;
const MODULUS: u64 = (1 << MODULUS_BITS) - 1;
const INFINITY_HASH: i64 = 314_159;

/// Any hash but -1.
#[inline]
fn without_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

/// `hash(value)`.
#[inline]
pub fn hash_i64(value: i64) -> i64 {
    let magnitude = (value.unsigned_abs() % MODULUS).cast_signed();
    without_minus_one(if value < 0 { -magnitude } else { magnitude })
}

/// `hash(value)`.
pub fn hash_big(value: &BigInt) -> i64 {
    // Horner's rule over the 64-bit digits from the top: 2^64 = 8 (mod P).
    let magnitude = value.iter_u64_digits().rev().fold(0u64, |hash, digit| {
        ((u128::from(hash) * 8 + u128::from(digit)) % u128::from(MODULUS)) as u64
    });
    let magnitude = magnitude.cast_signed();
    without_minus_one(if value.is_negative() {
        -magnitude
    } else {
        magnitude
    })
}

/// `hash(value)`; not-a-number hashes to 0, since it has no identity here to hash by.
pub fn hash_float(value: f64) -> i64 {
    if value.is_nan() {
        return 0;
    }
    if value.is_infinite() {
        return if value > 0.0 {
            INFINITY_HASH
        } else {
            -INFINITY_HASH
        };
    }
    let (significand, exponent, negative) = super::integer_float::float_parts(value);
    let rotation = exponent.rem_euclid(MODULUS_BITS as i32) as u32;
    // The significand has at most 53 bits, so it is already reduced.
    let rotated = if rotation == 0 {
        significand
    } else {
        ((significand << rotation) & MODULUS) | (significand >> (MODULUS_BITS - rotation))
    };
    let magnitude = (rotated % MODULUS).cast_signed();
    without_minus_one(if negative { -magnitude } else { magnitude })
}

/// The combination of item hashes in order, where computing one can fail in between.
#[derive(Debug, Clone)]
pub struct TupleHash {
    state: u64,
    length: u64,
}

impl TupleHash {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;

    /// Of no items yet.
    pub fn new() -> Self {
        Self {
            state: Self::PRIME_5,
            length: 0,
        }
    }

    /// Adds the next item's hash.
    #[inline]
    pub fn add(&mut self, hash: i64) {
        let lane = hash.cast_unsigned().wrapping_mul(Self::PRIME_2);
        self.state = self
            .state
            .wrapping_add(lane)
            .rotate_left(31)
            .wrapping_mul(Self::PRIME_1);
        self.length += 1;
    }

    /// The hash of the tuple.
    #[inline]
    pub fn finish(self) -> i64 {
        let length_mix = self.length ^ (Self::PRIME_5 ^ 3_527_539);
        match self.state.wrapping_add(length_mix).cast_signed() {
            -1 => 1_546_275_796,
            hash => hash,
        }
    }
}

impl Default for TupleHash {
    fn default() -> Self {
        Self::new()
    }
}

/// The hash of a frozen set from those of its items, in any order.
pub fn hash_frozen_set(item_hashes: impl IntoIterator<Item = i64>) -> i64 {
    // Each hash is scattered before the exclusive or, or nearby hashes would cancel out.
    let scatter = |hash: i64| {
        let hash = hash.cast_unsigned();
        ((hash ^ 89_869_747) ^ (hash << 16)).wrapping_mul(3_644_798_167)
    };
    let (mut state, mut length) = (0u64, 0u64);
    for hash in item_hashes {
        state ^= scatter(hash);
        length += 1;
    }
    state ^= (length + 1).wrapping_mul(1_927_868_237);
    state ^= (state >> 11) ^ (state >> 25);
    state = state.wrapping_mul(69_069).wrapping_add(907_133_923);
    if state == u64::MAX {
        590_923_713
    } else {
        state.cast_signed()
    }
}

/// The hash of a string; of its UTF-8 bytes.
#[inline]
pub fn hash_string(text: &str) -> i64 {
    hash_bytes(text.as_bytes())
}

// Digits of the fractional parts of the square roots of 2, 3 and 5, made odd: arbitrary, without
// structure that text has.
const KEY_1: u64 = 0x6A09_E667_F3BC_C909;
const KEY_2: u64 = 0xBB67_AE85_84CA_A73B;
const KEY_3: u64 = 0x3C6E_F372_FE94_F82B;

/// The hash of bytes; 0 for none.
#[inline]
pub fn hash_bytes(bytes: &[u8]) -> i64 {
    let length = bytes.len();
    if length == 0 {
        return 0;
    }
    let mut state = KEY_1;
    let (low, high) = if length >= 16 {
        // The last sixteen bytes may overlap those before; that saves every special case.
        let mut chunks = bytes.chunks_exact(16);
        for chunk in &mut chunks {
            state = fold(word(chunk, 0) ^ KEY_2, word(chunk, 8) ^ state);
        }
        let tail = &bytes[length - 16..];
        (word(tail, 0), word(tail, 8))
    } else if length >= 8 {
        (word(bytes, 0), word(bytes, length - 8))
    } else if length >= 4 {
        (half_word(bytes, 0), half_word(bytes, length - 4))
    } else {
        let spread = u64::from(bytes[0]) << 16
            | u64::from(bytes[length / 2]) << 8
            | u64::from(bytes[length - 1]);
        (spread, 0)
    };
    let mixed = fold(low ^ KEY_2, high ^ state);
    let hash = fold(mixed ^ KEY_3, length as u64 ^ KEY_1);
    without_minus_one(hash.cast_signed())
}

/// The product's halves folded together.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

#[inline]
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |word| u64::from_le_bytes(*word))
}

#[inline]
fn half_word(bytes: &[u8], at: usize) -> u64 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |word| u64::from(u32::from_le_bytes(*word)))
}

#[cfg(test)]
#[path = "hash_tests.rs"]
mod tests;
