// Opens Razorpay's checkout for the order that the page names, and posts what it returns with the page's own form.

const form = document.querySelector("[data-razorpay]");
const opener = form.querySelector("[data-razorpay-open]");
const trouble = form.querySelector("[data-razorpay-trouble]");
const failed = form.querySelector("[data-razorpay-failed]");

function finish(payment) {
  for (const name of ["razorpay_payment_id", "razorpay_order_id", "razorpay_signature"]) {
    form.elements[name].value = payment[name];
  }
  opener.disabled = true;
  form.requestSubmit();
}

function pay() {
  failed.hidden = true;
  trouble.hidden = "Razorpay" in window;
  if (!trouble.hidden) return;
  const { key, order, amount, currency, school, description, payer, email } = form.dataset;
  const checkout = new window.Razorpay({
    key,
    order_id: order,
    amount,
    currency,
    name: school,
    description,
    prefill: { name: payer, email },
    handler: finish,
  });
  checkout.on("payment.failed", () => {
    failed.hidden = false;
  });
  checkout.open();
}

opener.addEventListener("click", pay);
opener.hidden = false;
