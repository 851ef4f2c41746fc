return GameServer.Server.Cli.CommandLine.Run(args, Console.Out, Console.Error);
