/** The tag of a secret whose field in 1Password holds base64 of it: how an import remembers Phalanx's `encoded`. */
export const ENCODED_TAG = { key: "onepassword", value: "base64" } as const;
