import SynapseCLI

@main
enum Synapse {
    static func main() async {
        await SynapseProgram.main()
    }
}
