// The models are a module of their own, because the server shares them; a program that uses the client should not have
// to know that.
@_exported public import SynapseModels
