/** A rule that oxlint lacks: no reading of the system's clock past Effect's `Clock`. */
const noImplicitNow = {
  create: (context) => ({
    NewExpression(node) {
      if (node.callee.name === "Date" && node.arguments.length === 0) {
        context.report({ node, message: "`new Date()` reads the system's clock. Use Clock." })
      }
    }
  })
}

export default { meta: { name: "effect-customers" }, rules: { "no-implicit-now": noImplicitNow } }
