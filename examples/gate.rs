//! Judge the photos that are named on the command line, and say the one thing to mend.
//!
//! ```sh
//! cargo run --profile dev --example gate -- fixtures/captures/c01.jpg fixtures/captures/v20_yaw20.jpg
//! ```

use std::error::Error;

use photogate::Gate;

fn main() -> Result<(), Box<dyn Error>> {
    let mut gate = Gate::new("chsi-degree")?;
    for path in std::env::args().skip(1) {
        let judged = gate.check(&std::fs::read(&path)?)?;
        let first = judged.verdict.first.map(|i| &judged.verdict.findings[i]);
        let advice = first.and_then(|f| f.advice.as_ref()).map_or("", |advice| &advice.en);
        println!("{path}: {} {advice}", judged.verdict.outcome.id());
    }
    Ok(())
}
