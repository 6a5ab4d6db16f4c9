@main
struct ChaosWorkerMain {
    static func main() {}
}
