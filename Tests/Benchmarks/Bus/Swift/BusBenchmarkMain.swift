@main
struct BusBenchmarkMain {
    static func main() {}
}
