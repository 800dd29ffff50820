/** All that is personal of somebody, for the tests that look for it where it must not be. */
export const person = {
  email: "grace.hopper@navy.example",
  name: "Grace Brewster Hopper",
  line1: "1906 Amazing Way",
  externalId: "user-grace-1906",
  metadataKey: "favouriteCompiler",
  metadataValue: "flow-matic"
}
