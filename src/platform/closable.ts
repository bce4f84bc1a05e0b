/** `Symbol.dispose`, if the libraries that the program is compiled with know it. */
type DisposeSymbol = SymbolConstructor extends { readonly dispose: infer Name extends symbol } ? Name : never;

/** What `using` closes at the end of its block. */
export type Closable = { readonly [name in DisposeSymbol]: () => void };

/**
 * Makes the instances of a class {@link Closable}. A method of the class would be in the declarations, which must
 * compile without the symbol too.
 */
export function closeWhenDisposed({ prototype }: { readonly prototype: { close(): void } }): void {
  Object.defineProperty(prototype, Symbol.dispose, {
    value(this: { close(): void }) {
      this.close();
    },
    configurable: true,
    writable: true,
  });
}
