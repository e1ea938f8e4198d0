/** The type of what is left of a value when it was written as JSON and read again. */
export type AsJson<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null
    ? T
    : undefined extends T
      ? null
      : T extends { toJSON(): infer Json }
        ? AsJson<Json>
        : T extends readonly unknown[]
          ? { [Index in keyof T]: AsJson<T[Index]> }
          : T extends object
            ? AsJsonObject<T>
            : never;

/** JSON leaves fields out that are undefined; a function or a symbol is refused here, where JSON would drop it. */
type AsJsonObject<T extends object> = T extends (...args: never) => unknown
  ? never
  : { [Field in keyof T]: AsJson<Exclude<T[Field], undefined>> | Extract<T[Field], undefined> };
