/** The package declares no types of its own. */
declare module 'asl-validator' {
  interface Problem {
    readonly Message?: string;
    readonly message?: string;
    readonly instancePath?: string;
  }

  /** Writes each state's query language into the definition. */
  export default function validate(definition: object): {
    readonly isValid: boolean;
    readonly errors: readonly Problem[];
  };
}
