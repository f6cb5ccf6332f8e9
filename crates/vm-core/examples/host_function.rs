//! Functions of the host: what a program may do outside the machine, and how it is called back.
//!
//! Run it with `cargo run -p vm-core --example host_function`.

use std::collections::HashMap;
use std::error::Error;
use vm_bytecode::VerifiedModule;
use vm_core::{Config, Data, Vm};

const PROGRAM: &str = r#"
.version 1

.func add_one(number)
    add_imm number, number, 1
    return number
.end

.func main()
    .local out, value, argument, argument2, exception, saved
    .try try end_try -> handler, exception
    ; print(price("tea"))
    load_global out, print
    load_global value, price
    load argument, "tea"
    call value, 1
    call out, 1
    ; print(twice(add_one, 40))
    load_global out, print
    load_global value, twice
    make_function argument, add_one
    load argument2, 40
    call value, 2
    call out, 1
try:
    ; price("gold")
    load_global value, price
    load argument, "gold"
    call value, 1
end_try:
    return_none
handler:
    ; except KeyError as exception: print("no price for", exception)
    push_handled saved, exception
    load_global out, KeyError
    match_exception out, exception, out
    jump_if_not out, other
    load_global out, print
    load value, "no price for"
    copy argument, exception
    call out, 2
    pop_handled saved
    return_none
other:
    pop_handled saved
    reraise exception
.end
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut vm = Vm::new(Config::default())?;
    vm.set_output(std::io::stdout(), std::io::stderr());

    // A program knows a price if the host tells it.
    let prices = HashMap::from([("tea".to_owned(), 3), ("coffee".to_owned(), 4)]);
    vm.register("price", move |vm, arguments| {
        let [name] = arguments else {
            return Err(vm.raise_exception("TypeError", "price() takes exactly one argument"));
        };
        let Data::Str(name) = vm.read(name)? else {
            return Err(vm.raise_exception("TypeError", "price() takes a str"));
        };
        match prices.get(&name) {
            Some(&price) => vm.make_value(Data::Int(price)),
            None => Err(vm.raise_exception("KeyError", &name)),
        }
    })?;

    // A host function can call what the program gives it.
    vm.register("twice", |vm, arguments| {
        let [function, value] = arguments else {
            return Err(vm.raise_exception("TypeError", "twice() takes exactly two arguments"));
        };
        let once = vm.call_back(function, std::slice::from_ref(value))?;
        vm.call_back(function, &[once])
    })?;

    let module = vm_asm::assemble(PROGRAM, "host_function.vasm");
    let module = module.map_err(|errors| errors[0].to_string())?;
    let module = VerifiedModule::new(module).map_err(|errors| errors[0].to_string())?;
    vm.run(module)?;
    vm.finish();
    vm.verify()?;
    Ok(())
}
