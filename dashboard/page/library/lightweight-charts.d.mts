// The server gives out the package's own file under this name; these are its types.
export * from 'lightweight-charts'
