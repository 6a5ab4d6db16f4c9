import StoreContracts
import StoreDomain

/// Operations that may be compared with each other: what took long for one will for the next.
struct OperationScope: Hashable, Sendable {
    let kind: OperationResource.Kind
    let engine: Engine
    /// Nil: of any plan.
    var plan: Plan?
    /// Nil: in any region.
    var region: Region?
    /// For rotations: whether the database's user is changed as well, which takes several times as long.
    var withDatabase = false

    /// The same with less asked; nil for the widest. Another region's cluster is nearer than another plan's sizes.
    var wider: OperationScope? {
        var wider = self
        if region != nil { wider.region = nil } else if plan != nil { wider.plan = nil } else { return nil }
        return wider
    }
}
