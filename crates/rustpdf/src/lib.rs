//! PDF signing for keys that never leave the HSM.
