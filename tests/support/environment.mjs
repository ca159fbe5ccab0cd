// What `cargo xtask` tells the tests.

// The environment variable's value; its absence fails the test run rather than skipping it.
export function required(name, what) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} must name ${what}; \`cargo xtask e2e\` sets it.`);
  }
  return value;
}
