import SynapseClient
import SynapseModels
import Testing

@testable import SynapseCLI

struct OutputTests {
    @Test func `A table is as wide as its widest cells, wide characters counted twice`() {
        var table = Table(["ID", "NAME", "X"])
        table.append(["1", "한국", "a"])
        table.append(["22", "plain", nil])
        #expect(table.rendered() == "ID  NAME   X\n1   한국   a\n22  plain  -\n")
    }

    @Test func `A long cell is cut to sixty characters, whatever they are made of`() {
        for text in [String(repeating: "a", count: 60), String(repeating: "é", count: 60)] {
            var table = Table(nil)
            table.append([text])
            table.append([text + "\n" + text])
            #expect(table.rendered() == "\(text)\n\(text.dropLast())…\n")
        }
    }

    @Test func `What could steer a terminal is shown, not sent`() {
        #expect(Terminal.printable("a\u{1B}[31mb\nc\u{202E}d") == "a\\u{1B}[31mb\\nc\\u{202E}d")
    }

    @Test(arguments: [
        (Int64(0), "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (2_019_828, "1.9 MiB"), (5 << 30, "5.0 GiB"),
    ])
    func `Bytes are said for people`(_ bytes: Int64, _ text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test(arguments: [
        (ClientError.Code.connectionRefused, nil, ProgramExit.unreachable), (.readTimeout, nil, .unreachable),
        (.notSignedIn, 401, .notAllowed), (.notAllowed, 403, .notAllowed), (.notFound, 404, .notFound),
        (.validationFailed, 400, .failed), (.outcomeUnknown, nil, .failed),
    ])
    func `An error ends the program with its code`(_ code: ClientError.Code, _ status: Int?, _ exit: ProgramExit) {
        var context = ClientError.Context()
        context.status = status
        let failure = CommandFailure(ClientError(code, "something", context: context))
        #expect(failure.exit == exit)
        #expect(failure.message?.hasPrefix("Error: something") == true)
    }

    @Test func `Other ends have their codes too`() {
        #expect(CommandFailure(UsageError("x")).exit == .usage)
        #expect(CommandFailure(ItemsFailed(failed: 1, total: 2, what: "units")).exit == .someItemsFailed)
        #expect(CommandFailure(CancellationError()).exit == .interrupted)
    }
}
