{
  description = "AWS IAM Identity Center credentials in your shell";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      each = build: nixpkgs.lib.genAttrs systems (system: build nixpkgs.legacyPackages.${system});
      package = (fromTOML (builtins.readFile ./Cargo.toml)).package;
    in
    {
      packages = each (pkgs: {
        default = pkgs.rustPlatform.buildRustPackage {
          pname = package.name;
          inherit (package) version;
          src = self;
          cargoLock.lockFile = ./Cargo.lock;
          buildAndTestSubdir = ".";
          nativeBuildInputs = [ pkgs.installShellFiles ];
          # The suite needs several shells, AWS clients and a terminal: `.ci/run` has them.
          doCheck = false;
          postInstall = ''
            cargo run --offline --release --package manpages -- man
            installManPage man/*.1
            installShellCompletion --cmd ssoenv \
              --bash completions/ssoenv.bash --zsh completions/_ssoenv --fish completions/ssoenv.fish
          '';
          meta = {
            inherit (package) description homepage;
            license = [
              pkgs.lib.licenses.mit
              pkgs.lib.licenses.asl20
            ];
            mainProgram = "ssoenv";
          };
        };
      });
    };
}
