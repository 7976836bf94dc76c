/**
 * The most bytes of UTF-8 that a value of each tier may have (user guide, "Managing parameter tiers"); a larger one than
 * the standard tier's needs the advanced tier.
 */
export const LARGEST_VALUE = { Standard: 4096, Advanced: 8192 } as const;
