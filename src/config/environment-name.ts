/** A name fit for a folder and for `/paraform/<env>/`. */
export const ENVIRONMENT_NAME = /^(?!\.)[A-Za-z0-9_.-]{1,64}$/;
