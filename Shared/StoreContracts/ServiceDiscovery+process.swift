package import MessageBus
package import ServiceRuntime

extension ServiceDiscovery {
    /// What one of the platform's services answers: named as its process is, with the platform's version.
    package init(
        bus: any MessageBus,
        context: ProcessContext,
        description: String,
        endpoints: [ServiceEndpoint] = []
    ) {
        self.init(
            bus: bus,
            name: context.service,
            version: PlatformVersion.current,
            description: description,
            metadata: ["process": context.instance],
            endpoints: endpoints,
            logger: context.logger
        )
    }
}
