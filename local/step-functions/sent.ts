/** A type of the API as it travels: times are seconds since the Unix epoch. */
export type Sent<T> = T extends Date
  ? number
  : T extends readonly (infer Item)[]
    ? Sent<Item>[]
    : T extends object
      ? { [Field in keyof T]: Sent<T[Field]> }
      : T;
