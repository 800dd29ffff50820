/** Every package and example with tests is a project. */
export default ["packages/*", "examples/*"]
